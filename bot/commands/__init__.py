"""The commands of the line `lianxin`, a file each; what is heavy is imported inside them."""

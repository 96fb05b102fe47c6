"""One file a chat platform, behind the protocol in port.py."""

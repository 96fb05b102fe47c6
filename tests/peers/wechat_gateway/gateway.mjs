/**
 * The real PuppetServer of wechaty-puppet-service around wechaty-puppet-mock, for tests.
 *
 * Control: one JSON object a line on stdin, each answered by {"reply": <id>, ...} on stdout; what
 * the bot sends comes as {"sent": {...}}. Run as: node gateway.mjs <port> <token> [tls]
 */
import readline from 'node:readline'

import { FileBox } from 'file-box'
import * as PUPPET from 'wechaty-puppet'
import { mock, PuppetMock } from 'wechaty-puppet-mock'
import { PuppetServer } from 'wechaty-puppet-service'

const [port, token, tls] = process.argv.slice(2)
const TYPES = PUPPET.types.Message

const tell = (object) => process.stdout.write(`${JSON.stringify(object)}\n`)

/**
 * The mock says nothing of message ids, takes no mentions, and makes up pictures: these methods
 * are replaced. Besides, it knows cards (names within a room), and sends to contacts only.
 */
class TestPuppet extends PuppetMock {
  cards = new Map()
  failure = ''
  mute = false
  count = 0

  async messageSendText (conversationId, text, mentionIds) {
    return this.deliver(conversationId, { text, type: TYPES.Text }, { mentions: mentionIds || [], text })
  }

  async messageSendFile (conversationId, file) {
    const base64 = await file.toBase64()
    const kept = FileBox.fromBase64(base64, file.name)
    return this.deliver(conversationId, { type: TYPES.Image }, { file: base64, mentions: [], text: '' }, kept)
  }

  async messageImage (messageId) {
    return this.messageFile(messageId)
  }

  async roomMemberRawPayload (roomId, contactId) {
    const payload = await super.roomMemberRawPayload(roomId, contactId)
    return { ...payload, roomAlias: this.cards.get(`${roomId}/${contactId}`) || '' }
  }

  deliver (conversationId, content, told, file) {
    if (this.failure) throw new Error(this.failure)
    const isRoom = conversationId.includes('@')
    if (!isRoom && !this.mocker.contactPayload(conversationId).friend) {
      throw new Error(`${conversationId} is not a friend`)
    }
    const where = isRoom
      ? { mentionIdList: told.mentions, roomId: conversationId }
      : { listenerId: conversationId }
    const id = this.say({ ...content, ...where, talkerId: this.currentUserId }, file)
    tell({ sent: { conversation: conversationId, id, ...told } })
    // Sent, but the bot is never told so: what a broken line looks like.
    return this.mute ? new Promise(() => {}) : id
  }

  say (payload, file) {
    const id = payload.id || `${Date.now()}${String(this.count++).padStart(6, '0')}`
    const whole = { timestamp: Date.now(), type: TYPES.Text, ...payload, id }
    if (file) this.mocker.cacheFileBoxPayload.set(id, file.toJSON())
    this.mocker.cacheMessagePayload.set(id, whole)
    this.emit('message', { messageId: id })
    return id
  }
}

const mocker = new mock.Mocker()
const puppet = new TestPuppet({ mocker })
const server = new PuppetServer({
  endpoint: `127.0.0.1:${port}`,
  puppet,
  tls: { disable: tls !== 'tls' },
  token,
})

const change = (id, payload) => {
  const known = mocker.cacheRoomPayload.get(id)
  if (known) Object.assign(known, payload)
  else mocker.createRoom({ adminIdList: [], memberIdList: [], topic: '', ...payload, id })
}

const commands = {
  contact: ({ id, name, friend }) => mocker.createContact({ friend, id, name }),
  login: ({ id }) => puppet.login(id),
  logout: () => puppet.logout(),
  room: ({ id, topic, members }) => change(id, { memberIdList: members, topic }),
  forget_room: ({ id }) => mocker.cacheRoomPayload.delete(id),
  card: ({ room, contact, name }) => puppet.cards.set(`${room}/${contact}`, name),
  say: ({ payload, file, name }) => puppet.say(payload, file && FileBox.fromBase64(file, name)),
  repeat: ({ id }) => puppet.emit('message', { messageId: id }),
  topic: ({ room, text, by }) => mocker.RoomMock.load(room).topic(text).by(mocker.ContactMock.load(by)),
  emit: ({ event, payload }) => puppet.emit(event, payload),
  fail: ({ text }) => { puppet.failure = text },
  mute: ({ on }) => { puppet.mute = on },
}

readline.createInterface({ input: process.stdin }).on('line', (line) => {
  const { command, id: _, reply, ...more } = JSON.parse(line)
  try {
    const result = commands[command](more.args || {})
    tell({ reply, result: typeof result === 'string' ? result : null })
  } catch (error) {
    tell({ error: error.message, reply })
  }
}).on('close', () => process.exit(0))

process.on('unhandledRejection', (error) => process.stderr.write(`${error.stack}\n`))
await puppet.start()
await server.start()
tell({ ready: true })

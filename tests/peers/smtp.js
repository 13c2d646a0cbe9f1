// A mail server (npm smtp-server) that keeps what it takes and misbehaves when told to. Started by tests/src/smtp.rs.
//
// Says one JSON object a line on its standard output: {"event": "ready", "port"}, {"event": "recipient", "to"},
// {"event": "mail", "from", "to", "raw", "secure", "user"}. A line on its standard input is the mode from then on;
// `now` is answered when everything before it has been said.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { SMTPServer } from 'smtp-server';

// With a name and a password nobody may send without them, and nobody may say them in the clear.
const [port = '0', user, password] = process.argv.slice(2);
const say = (event) => process.stdout.write(`${JSON.stringify(event)}\n`);
const here = (name) => readFileSync(new URL(name, import.meta.url));
let mode = 'well';

const refusal = (code, text) => Object.assign(new Error(text), { responseCode: code });

const server = new SMTPServer({
  key: here('localhost.key.pem'),
  cert: here('localhost.pem'),
  disabledCommands: user ? [] : ['AUTH'],
  authOptional: !user,
  disableReverseLookup: true,
  logger: false,
  closeTimeout: 1,
  onAuth(auth, _, done) {
    if (mode !== 'login_refused' && auth.username === user && auth.password === password) return done(null, { user });
    done(refusal(535, '5.7.8 wrong name or password'));
  },
  onRcptTo(address, _, done) {
    say({ event: 'recipient', to: address.address });
    if (mode === 'hang_at_recipient') return;
    if (mode === 'recipient_later') return done(refusal(450, `4.2.1 <${address.address}> mailbox busy`));
    if (mode === 'recipient_never') return done(refusal(550, `5.1.1 <${address.address}> no such user`));
    done();
  },
  onData(stream, session, done) {
    const parts = [];
    stream.on('data', (part) => parts.push(part));
    stream.on('end', () => {
      if (mode === 'content_later') return done(refusal(451, '4.3.0 try again later'));
      if (mode === 'content_never') return done(refusal(554, '5.7.1 looks like spam'));
      say({
        event: 'mail',
        from: session.envelope.mailFrom.address,
        to: session.envelope.rcptTo.map((to) => to.address),
        raw: Buffer.concat(parts).toString('utf8'),
        secure: session.secure,
        user: session.user ?? null,
      });
      if (mode === 'silent_after_content') return;
      if (mode === 'gone_after_content') {
        for (const connection of server.connections) connection._socket.destroy();
        return;
      }
      // Slow enough to be killed in the middle of.
      setTimeout(() => done(null, 'Ok: queued'), mode === 'slow' ? 150 : 0);
    });
  },
});

server.on('error', (error) => say({ event: 'error', message: error.message }));
server.listen(Number(port), '127.0.0.1', () => say({ event: 'ready', port: server.server.address().port }));

const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => {
  if (line.trim() === 'now') return say({ event: 'now' });
  mode = line.trim();
  say({ event: 'mode', mode });
});
// The test is gone.
lines.on('close', () => process.exit(0));

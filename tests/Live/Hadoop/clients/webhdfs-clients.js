// Each step of both clients in turn; the first failure ends with its message.
const { port, user } = { port: +process.argv[2], user: process.argv[3] };
const assert = require('assert');
const call = (f, ...args) => new Promise((resolve, reject) => f(...args, (e, v) => (e ? reject(e) : resolve(v))));
const refused = async (f, ...args) => { try { await call(f, ...args); } catch (e) { return e.message; } assert.fail('not refused'); };

async function webhdfs() {
  const c = require('webhdfs').createClient({ user, host: '127.0.0.1', port, path: '/webhdfs/v1' });
  const b = name => c[name].bind(c);
  await call(b('mkdir'), '/npm/a');
  await call(b('writeFile'), '/npm/a/f', 'hello ');
  await call(b('appendFile'), '/npm/a/f', 'world');
  assert.equal(String(await call(b('readFile'), '/npm/a/f')), 'hello world');
  assert.equal((await call(b('stat'), '/npm/a/f')).length, 11);
  assert.deepEqual((await call(b('readdir'), '/npm/a')).map(s => s.pathSuffix), ['f']);
  await call(b('chmod'), '/npm/a/f', '600');
  assert.equal((await call(b('stat'), '/npm/a/f')).permission, '600');
  await call(b('chown'), '/npm/a/f', user, 'staff');
  await call(b('rename'), '/npm/a/f', '/npm/a/g');
  assert.equal(await call(cb => c.exists('/npm/a/g', ok => cb(null, ok))), true);
  assert.match(await refused(b('stat'), '/npm/a/f'), /File does not exist: \/npm\/a\/f/);
  await new Promise((resolve, reject) => {
    const to = c.createWriteStream('/npm/a/s');
    to.on('finish', resolve).on('error', reject);
    require('stream').Readable.from([Buffer.from('streamed')]).pipe(to);
  });
  const parts = [];
  await new Promise((resolve, reject) => c.createReadStream('/npm/a/s')
    .on('data', d => parts.push(d)).on('finish', resolve).on('error', reject));
  assert.equal(Buffer.concat(parts).toString(), 'streamed');
  await call(b('unlink'), '/npm/a/g');
  await call(b('rmdir'), '/npm', true);
}

async function nodeWebhdfs() {
  const { WebHDFSClient } = require('node-webhdfs');
  const c = new WebHDFSClient({ user, namenode_host: '127.0.0.1', namenode_port: port });
  const b = name => c[name].bind(c);
  assert.equal(await call(b('mkdirs'), '/node/a'), true);
  await call(b('create'), '/node/a/f', 'hello ');
  await call(b('append'), '/node/a/f', 'world');
  assert.equal(await call(b('open'), '/node/a/f'), 'hello world');
  assert.equal((await call(b('getFileStatus'), '/node/a/f')).length, 11);
  assert.equal((await call(b('listStatus'), '/node/a'))[0].pathSuffix, 'f');
  assert.equal((await call(b('getContentSummary'), '/node')).fileCount, 1);
  assert.equal((await call(b('getFileChecksum'), '/node/a/f')).length, 28);
  assert.equal(await call(b('getHomeDirectory')), '/user/' + user);
  assert.equal(await call(b('rename'), '/node/a/f', '/node/a/g'), true);
  assert.match(await refused(b('getFileStatus'), '/node/a/f'), /File does not exist: \/node\/a\/f/);
  assert.equal(await call(b('del'), '/node', { recursive: true }), true);
}

webhdfs().then(() => console.log('webhdfs ok')).then(nodeWebhdfs).then(() => console.log('node-webhdfs ok'))
  .catch(e => { console.error(e); process.exit(1); });

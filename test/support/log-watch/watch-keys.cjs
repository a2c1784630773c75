'use strict';
// Tells of every private key and every APIv3 key that goes through node:crypto, in this process or, loaded with
// --require, in a child of a suite; there into the file that LOG_WATCH_KEYS names, one line of JSON each.
const crypto = require('node:crypto');
const { appendFileSync } = require('node:fs');
const { syncBuiltinESMExports } = require('node:module');
const { promisify } = require('node:util');

const FUNCTIONS = [
  'createPrivateKey',
  'generateKeyPair',
  'generateKeyPairSync',
  'createCipheriv',
  'createDecipheriv',
];

/** @returns a function that ends it */
function watchKeys(/** @type {(key: { name: string, hex: string }) => void} */ tell) {
  const originals = Object.fromEntries(FUNCTIONS.map((name) => [name, crypto[name]]));
  const known = new Set();
  const told = (name, bytes) => {
    const hex = bytes.toString('hex');
    if (known.has(hex)) return;
    known.add(hex);
    tell({ name, hex });
  };
  const seePrivate = (key) => {
    // Asked for as PEM or DER, it is text already.
    const object = key instanceof crypto.KeyObject ? key : originals.createPrivateKey(key);
    const { d, p, q } = object.export({ format: 'jwk' });
    for (const [number, text] of Object.entries({ d, p, q }))
      if (text !== undefined) told(`number ${number} of a private key`, Buffer.from(text, 'base64url'));
  };
  const trying = (see) => {
    try {
      see();
    } catch {
      // A key that cannot be read, or of a kind that has no such numbers, is nobody's secret here.
    }
  };
  crypto.createPrivateKey = function createPrivateKey(...given) {
    const key = originals.createPrivateKey.apply(this, given);
    trying(() => seePrivate(key));
    return key;
  };
  crypto.generateKeyPairSync = function generateKeyPairSync(...given) {
    const pair = originals.generateKeyPairSync.apply(this, given);
    trying(() => seePrivate(pair.privateKey));
    return pair;
  };
  crypto.generateKeyPair = function generateKeyPair(...given) {
    const done = given.pop();
    return originals.generateKeyPair.call(this, ...given, (error, publicKey, privateKey) => {
      if (!error) trying(() => seePrivate(privateKey));
      done(error, publicKey, privateKey);
    });
  };
  crypto.generateKeyPair[promisify.custom] = async (...given) => {
    const pair = await promisify(originals.generateKeyPair)(...given);
    trying(() => seePrivate(pair.privateKey));
    return pair;
  };
  for (const name of ['createCipheriv', 'createDecipheriv'])
    crypto[name] = function cipher(algorithm, key, ...more) {
      // The one algorithm of WeChat Pay's; its key is 32 characters.
      if (String(algorithm).toLowerCase() === 'aes-256-gcm')
        trying(() => told('an APIv3 key', key instanceof crypto.KeyObject ? key.export() : Buffer.from(key)));
      return originals[name].call(this, algorithm, key, ...more);
    };
  syncBuiltinESMExports();
  return () => {
    Object.assign(crypto, originals);
    syncBuiltinESMExports();
  };
}

module.exports = { watchKeys };

const file = process.env.LOG_WATCH_KEYS;
if (file !== undefined && file !== '') watchKeys((key) => appendFileSync(file, `${JSON.stringify(key)}\n`));

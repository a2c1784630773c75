import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { SCHEMA } from '../../lambda/core/order';
import { pack, unpack } from '../../lambda/store/packed';

test('what is packed is unpacked as it was, from bytes and from the base64 of a stream', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const json: unknown = JSON.parse(JSON.stringify(value));
      const packed = pack(value);
      expect(unpack(packed)).toEqual(json);
      expect(unpack(Buffer.from(packed).toString('base64'))).toEqual(json);
    }),
  );
});

/** By the release that wrote it; the bytes say which dictionary they need. */
const PACKED_UNDER_SCHEMA_4 = 'WOKZScLCq0ZKbZZmBpYGJgaG5maGsTpY0xkiIIn3EQ6n1gItBwDpaS2g';

test('the dictionary belongs to the schema: rows that were packed under it are read for ever', () => {
  expect(SCHEMA).toBe(4);
  expect(unpack(PACKED_UNDER_SCHEMA_4)).toEqual({
    calls: [1796090401761],
    timeline: [{ kind: 'attempt', outcome: { kind: 'declined' }, evidence: { message: '扣款失败' } }],
  });
});

test('the dictionary that bytes need is named in them: this one, and no other', () => {
  const needed = Buffer.from(pack({})).readUInt32BE(2).toString(16);
  expect(needed).toBe('9949c2c2');
});

test('bytes that were packed otherwise, or were changed since, are refused', () => {
  expect(() => unpack(deflateSync('{}', { dictionary: Buffer.from('another') }))).toThrow('Bad dictionary');
  const packed = Buffer.from(pack({ paid_amount: 1250 }));
  packed.writeUInt8(packed.readUInt8(packed.length - 1) ^ 1, packed.length - 1);
  expect(() => unpack(packed)).toThrow('incorrect data check');
  expect(() => unpack('')).toThrow();
});

test('what would be larger than any order is not unpacked', () => {
  expect(() => unpack(pack('x'.repeat(4_000_001)))).toThrow('Cannot create a Buffer larger than');
});

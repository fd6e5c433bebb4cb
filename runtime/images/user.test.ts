import fc from 'fast-check';
import { parseUser } from './user';

const files = {
  passwd:
    'root:x:0:0:root:/root:/bin/sh\nwww:x:33:34:www:/var/www:/bin/false\n1000:x:7:8::/odd:\nbad:x:x:1::/:\n# note\n',
  group: 'root:x:0:\nwww:x:34:\nextra:x:44:other,www\nmore:x:45:www\nbroken:x:4x:www\n',
};

test.each([
  ['', { uid: 0, gid: 0, additionalGids: [], home: '/root' }],
  ['root', { uid: 0, gid: 0, additionalGids: [], home: '/root' }],
  ['www', { uid: 33, gid: 34, additionalGids: [44, 45], home: '/var/www' }],
  ['33', { uid: 33, gid: 34, additionalGids: [44, 45], home: '/var/www' }],
  ['www:extra', { uid: 33, gid: 44, additionalGids: [], home: '/var/www' }],
  ['www:7', { uid: 33, gid: 7, additionalGids: [], home: '/var/www' }],
  [':extra', { uid: 0, gid: 44, additionalGids: [], home: '/root' }],
  ['500', { uid: 500, gid: 0, additionalGids: [] }],
  ['500:501', { uid: 500, gid: 501, additionalGids: [] }],
  // a name of digits comes before a number
  ['1000', { uid: 7, gid: 8, additionalGids: [], home: '/odd' }],
])('user %j', (text, expected) => {
  expect(parseUser(text, files)).toEqual(expected);
});

test.each([
  ['nobody', 'the image has no user "nobody"'],
  ['bad', 'the image has no user "bad"'],
  ['www:none', 'the image has no group "none"'],
  ['www:broken', 'the image has no group "broken"'],
  ['www:', 'expected user[:group]'],
  ['a:b:c', 'expected user[:group]'],
  ['-1', 'the image has no user "-1"'],
  ['4294967295', 'the image has no user "4294967295"'],
])('user %j is refused', (text, cause) => {
  expect(() => parseUser(text, files)).toThrow(cause);
});

test('a number needs no files, whatever they hold', () => {
  fc.assert(
    fc.property(fc.integer({ min: 100, max: 0xffff_fffe }), fc.string(), (uid, group) => {
      expect(parseUser(String(uid), { passwd: '', group })).toEqual({ uid, gid: 0, additionalGids: [] });
    }),
  );
});

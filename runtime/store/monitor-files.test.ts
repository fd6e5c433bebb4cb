import { exitCodeOf } from './monitor-files';

test.each([
  [0x0000, 0],
  [0x0700, 7],
  [0xff00, 255],
  [0x0009, 137],
  [0x000f, 143],
  [0x008b, 139],
])('wait status %i is exit code %i', (status, code) => {
  expect(exitCodeOf(status)).toBe(code);
});

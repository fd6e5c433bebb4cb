import { normalizeReference } from './reference';

test.each([
  ['busybox', 'busybox:latest'],
  ['busybox:1.35', 'busybox:1.35'],
  ['localhost:5000/my/app_x:v1', 'localhost:5000/my/app_x:v1'],
])('%s is %s', (text, reference) => {
  expect(normalizeReference(text)).toBe(reference);
});

test.each(['', 'Busybox', '../x', 'a b', 'x:', '/etc', 'x\n', `${'a'.repeat(300)}`])(
  '%j is refused',
  (text) => {
    expect(() => normalizeReference(text)).toThrow('read image name');
  },
);

import { overlayOptions } from './overlay';

test('layers come topmost first, separators in their names are escaped', () => {
  expect(overlayOptions({ lower: ['/a:b', '/c,d'], upper: '/u', work: '/w\\x' })).toBe(
    'lowerdir=/a\\:b:/c\\,d,upperdir=/u,workdir=/w\\\\x',
  );
});

test('more layers than the kernel takes are refused', () => {
  const lower = Array.from({ length: 100 }, (_, i) => `/var/lib/tsnet/layers/${'x'.repeat(40)}${i}`);
  expect(() => overlayOptions({ lower, upper: '/u', work: '/w' })).toThrow(
    '100 layers need more than 4095 bytes',
  );
});

import { overlayOptions } from './overlay';

const layersOf = (count: number) => ({
  lower: Array.from({ length: count }, (_, i) => `/layers/${'x'.repeat(100)}${i}`),
  upper: '/u',
  work: '/w',
});

test('layers are descriptors, topmost first', () => {
  expect(overlayOptions(layersOf(2), 200)).toBe('lowerdir=200:201,upperdir=202,workdir=203');
});

test('as many layers as the kernel takes fit into one page', () => {
  expect(overlayOptions(layersOf(500), 200).length).toBeLessThan(4096);
});

test('more layers than the kernel takes are refused', () => {
  expect(() => overlayOptions(layersOf(501), 200)).toThrow('the image has 501 layers, expected 500 at most');
});

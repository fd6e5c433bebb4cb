import { capabilityMask, defaultCapabilities } from './capabilities';
import { parseMountOptions } from './mount-options';

test('the default capabilities are the ones that Docker leaves', () => {
  expect(capabilityMask(defaultCapabilities).toString(16)).toBe('a80425fb');
});

test('an unknown capability is refused', () => {
  expect(() => capabilityMask(['CAP_FLY'])).toThrow('unknown capability "CAP_FLY"');
});

test('mount options are told apart', () => {
  expect(parseMountOptions(['rbind', 'ro', 'nosuid', 'rprivate', 'size=64k', 'newinstance', 'rw'])).toEqual({
    attributes: 3,
    propagation: 1 << 18,
    recursive: true,
    data: ['size=64k', 'newinstance'],
  });
});

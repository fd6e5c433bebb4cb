import { readdirSync } from 'node:fs';
import { enterPrivateHost } from '../private-host';
import { findNetnsCookie } from './cookie';
import { openScratchNetns } from './scratch-netns';

enterPrivateHost();

it('stays the same in a namespace, and is another in each', () => {
  const here = findNetnsCookie();
  expect(here).toMatch(/^\d+$/);
  const others = Array.from({ length: 3 }, () => {
    using netns = openScratchNetns();
    return netns.run(findNetnsCookie);
  });
  expect(new Set([here, ...others]).size).toBe(4);
  expect(findNetnsCookie()).toBe(here);
});

it('leaves no descriptor open', () => {
  const before = readdirSync('/proc/self/fd').length;
  for (let count = 0; count < 10; count++) findNetnsCookie();
  expect(readdirSync('/proc/self/fd').length).toBe(before);
});

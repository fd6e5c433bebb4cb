import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defaultNetwork } from './default-network';

test('the built-in network is the documented one', () => {
  expect(defaultNetwork).toEqual(
    JSON.parse(readFileSync(join(__dirname, 'examples/docker0.conflist'), 'utf8')),
  );
});

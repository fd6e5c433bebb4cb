import { describeCall } from './call-line';

const request = {
  build: 'b',
  type: 'bridge',
  env: { CNI_COMMAND: 'ADD', CNI_CONTAINERID: 'c1\nfake line', CNI_IFNAME: 'eth0' },
  stdin: Buffer.alloc(0),
};

test.each([
  [{ stdout: '{}', stderr: '', exitCode: 0 }, 'bridge "ADD" of "c1\\nfake line" "eth0" done in 12.3 ms'],
  [
    { stdout: '{"code":7,"msg":"no\\nsuch","details":"x"}', stderr: '', exitCode: 1 },
    'bridge "ADD" of "c1\\nfake line" "eth0" failed with code 7, "no\\nsuch" ("x") in 12.3 ms',
  ],
  [
    { stdout: 'junk\n', stderr: '', exitCode: 1 },
    'bridge "ADD" of "c1\\nfake line" "eth0" failed with "junk\\n" in 12.3 ms',
  ],
])('a call that ended with %j is one line', (answer, line) => {
  expect(describeCall(request, answer, 12.34)).toBe(line);
});

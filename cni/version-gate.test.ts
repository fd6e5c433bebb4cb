import { verifyVersion } from './version-gate';
import { allVersions } from './versions';

const since = { ADD: '0.1.0', DEL: '0.1.0', CHECK: '0.4.0', GC: '1.1.0', STATUS: '1.1.0' } as const;

describe.each(Object.entries(since))('%s', (command, first) => {
  const verify = (version: string, supported = allVersions) =>
    verifyVersion(command as keyof typeof since, version, supported);

  test.each(allVersions)('of %s', (version) => {
    if (version >= first) verify(version);
    else
      expect(() => verify(version)).toThrow(
        expect.objectContaining({ code: 1, message: `config version does not allow ${command}` }),
      );
  });

  test('of a version that nobody supports', () => {
    const message =
      first === '0.1.0' ? 'incompatible CNI versions' : `plugin version does not allow ${command}`;
    expect(() => verify('9.9.9')).toThrow(
      expect.objectContaining({
        code: 1,
        message,
        details:
          'config is "9.9.9", plugin supports ["0.1.0" "0.2.0" "0.3.0" "0.3.1" "0.4.0" "1.0.0" "1.1.0"]',
      }),
    );
  });

  test('of a version that is none', () => {
    const code = first === '0.1.0' ? 1 : 6;
    expect(() => verify('abc')).toThrow(expect.objectContaining({ code }));
  });

  test('of a version that this plugin does not support', () => {
    expect(() => verify(first, ['9.0.0'])).toThrow('incompatible CNI versions');
    expect(() => verify('1.1', allVersions)).toThrow('incompatible CNI versions');
  });
});

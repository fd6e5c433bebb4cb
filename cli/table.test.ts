import fc from 'fast-check';
import { formatTable } from './table';

test('aligns columns and leaves no trailing space', () => {
  expect(
    formatTable(
      ['NAME', 'ID'],
      [
        ['long-name', '1'],
        ['b', ''],
      ],
    ),
  ).toBe('NAME        ID\nlong-name   1\nb');
});

test('bold touches the header only', () => {
  expect(formatTable(['A'], [['1']], { bold: true })).toBe('\u001b[1mA\u001b[22m\n1');
});

test('one line for each row, whatever the cells hold', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.string(), fc.string())), (rows) => {
      const lines = formatTable(['A', 'B'], rows).split('\n');
      expect(lines).toHaveLength(rows.length + 1);
    }),
  );
});

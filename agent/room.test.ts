import { closeRooms, openRooms, type Room } from './room';

function rooms(events: string[], failing?: string): Room[] {
  return ['one', 'two', 'three'].map((name) => ({
    name,
    open: async () => {
      if (name === failing) throw new Error(`open ${name}`);
      events.push(`open ${name}`);
    },
    close: async () => {
      events.push(`close ${name}`);
    },
  }));
}

test('rooms open in order and close in reverse', async () => {
  const events: string[] = [];
  const all = rooms(events);
  await openRooms(all);
  await closeRooms(all);
  expect(events).toEqual(['open one', 'open two', 'open three', 'close three', 'close two', 'close one']);
});

test('a room that cannot be opened closes those before it', async () => {
  const events: string[] = [];
  await expect(openRooms(rooms(events, 'three'))).rejects.toThrow('open three');
  expect(events).toEqual(['open one', 'open two', 'close two', 'close one']);
});

/** One duty of the agent. Rooms are opened in the order of the agent's list and closed in reverse. */
export interface Room {
  /** For the log. */
  readonly name: string;
  /** @throws when the duty cannot be taken on: the agent then does not start */
  open(): Promise<void>;
  /** Takes nothing new on and ends what runs, within a bounded time. Never throws. */
  close(): Promise<void>;
}

/**
 * Opens every room in order.
 * @throws what a room threw, after those that were open have been closed
 */
export async function openRooms(rooms: readonly Room[]): Promise<void> {
  const opened: Room[] = [];
  try {
    for (const room of rooms) {
      await room.open();
      opened.push(room);
    }
  } catch (error) {
    await closeRooms(opened);
    throw error;
  }
}

/** Closes every room, the newest first. */
export async function closeRooms(rooms: readonly Room[]): Promise<void> {
  for (const room of rooms.toReversed()) await room.close();
}

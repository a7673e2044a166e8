/** The connection under SSH. */
import { Socket } from 'node:net';

/**
 * A connection to a host, on its way. What is written in one turn of the event
 * loop leaves in one piece: ssh2 writes each packet in three, and as many
 * system calls and segments took a third of the time of a copy.
 */
export function reach(host: string, port: number): Socket {
  const socket = new Socket();
  socket.setMaxListeners(0);
  socket.connect({ host, port });
  // Only now: connecting puts Node's own back.
  const write = socket.write.bind(socket);
  socket.write = (...words: readonly unknown[]): boolean => {
    if (socket.writableCorked === 0) {
      socket.cork();
      process.nextTick(() => socket.uncork());
    }
    return Reflect.apply(write, socket, words) === true;
  };
  return socket;
}

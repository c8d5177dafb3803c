// Counts against the engine's clock, whatever the browser's says.
let offset = 0;
let beat = 0;
const watchers = new Set();

/** Takes over the engine's time from an answer that just came. */
export function setServerTime(moment) {
  offset = Date.parse(moment) - Date.now();
}

/** The engine's time now, in milliseconds. */
export const now = () => Date.now() + offset;

/** How long until a moment of the engine's time, in milliseconds; negative when it is past. */
export const until = (moment) => Date.parse(moment) - now();

/** Calls back several times a second until the callback gives false. */
export function everyTick(callback) {
  watchers.add(callback);
  if (callback() === false) watchers.delete(callback);
  if (!beat) beat = setInterval(tick, 200);
}

function tick() {
  for (const watcher of watchers) {
    if (watcher() === false) watchers.delete(watcher);
  }
  if (watchers.size === 0) {
    clearInterval(beat);
    beat = 0;
  }
}

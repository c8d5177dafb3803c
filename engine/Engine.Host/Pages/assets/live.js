// Keeps a run's newest view at hand: by server-sent events, and by asking again and again where those do not get through.
import { get } from "./api.js";

const pollEvery = 2000;
const firstSilence = 5000; // a stream begins with a view
const laterSilence = 40000; // and says every 15 s that it lives
const pollsPerTry = 10; // where streams fail, how many questions are asked before one is tried again

/** Calls `onView` with each new view, and `onLink(isUp)` when the engine is lost or back. Gives `{ stop, lookNow }`. */
export function follow(run, onView, onLink, onError) {
  let source = null;
  let timer = 0;
  let silence = 0;
  let ended = false;
  let lostAnswers = 0;
  let lostStreams = 0;
  let polls = 0;

  function take(view) {
    lostAnswers = 0;
    onLink(true);
    if (view.exit) stop();
    onView(view);
  }

  function listen() {
    close();
    if (ended) return;
    source = new EventSource(`/v1/runs/${run}/events`);
    const lost = () => {
      lostStreams++;
      look();
    };
    const heard = () => {
      lostStreams = 0;
      clearTimeout(silence);
      silence = setTimeout(lost, laterSilence);
    };
    for (const name of ["run.changed", "run.ended"]) {
      source.addEventListener(name, (event) => {
        heard();
        take(JSON.parse(event.data));
      });
    }
    source.addEventListener("ping", heard);
    source.addEventListener("error", lost);
    silence = setTimeout(lost, firstSilence);
  }

  // Asks once, then listens again; a stream that fails twice is left alone for a while.
  async function look() {
    close();
    if (ended) return;
    try {
      take(await get(`/v1/runs/${run}`));
      if (ended) return;
      close();
      if (lostStreams < 2) listen();
      else timer = setTimeout(++polls % pollsPerTry === 0 ? listen : look, pollEvery);
    } catch (error) {
      if (error.status === 401 || error.status === 404) {
        stop();
        onError(error);
        return;
      }
      lostAnswers++;
      onLink(false);
      timer = setTimeout(look, Math.min(pollEvery * lostAnswers, 10000));
    }
  }

  function close() {
    source?.close();
    source = null;
    clearTimeout(timer);
    clearTimeout(silence);
  }

  // A phone that switches apps stops timers and streams: look anew when the page is seen again.
  function onSeen() {
    if (!document.hidden) look();
  }

  function stop() {
    ended = true;
    close();
    document.removeEventListener("visibilitychange", onSeen);
    removeEventListener("online", onSeen);
  }

  document.addEventListener("visibilitychange", onSeen);
  addEventListener("online", onSeen);
  look();
  return { stop, lookNow: look };
}

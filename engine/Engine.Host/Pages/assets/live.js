// Keeps a run's newest view at hand: by server-sent events, and by asking again and again where those do not get through.
import { get } from "./api.js";

const pollEvery = 2000;
const streamSilence = 40000; // the engine says something every 15 s

/** Calls `onView` with each new view, and `onLink(isUp)` when the engine is lost or back. Gives a function that stops it. */
export function follow(run, onView, onLink, onError) {
  let source = null;
  let timer = 0;
  let silence = 0;
  let ended = false;
  let failures = 0;

  function take(view) {
    failures = 0;
    onLink(true);
    ended = Boolean(view.exit);
    if (ended) stop();
    onView(view);
  }

  function listen() {
    if (ended || document.hidden) return;
    source?.close();
    source = new EventSource(`/v1/runs/${run}/events`);
    const heard = () => {
      clearTimeout(silence);
      silence = setTimeout(fallBack, streamSilence);
    };
    for (const name of ["run.changed", "run.ended"]) {
      source.addEventListener(name, (event) => {
        heard();
        take(JSON.parse(event.data));
      });
    }
    source.addEventListener("ping", heard);
    source.addEventListener("open", heard);
    source.addEventListener("error", fallBack);
    heard();
  }

  // One question in place of the stream; when it is answered, the stream is tried again.
  async function fallBack() {
    source?.close();
    source = null;
    clearTimeout(silence);
    clearTimeout(timer);
    if (ended) return;
    try {
      take(await get(`/v1/runs/${run}`));
      timer = setTimeout(failures === 0 ? listen : fallBack, pollEvery);
    } catch (error) {
      if (error.status === 401 || error.status === 404) {
        stop();
        onError(error);
        return;
      }
      failures++;
      onLink(false);
      timer = setTimeout(fallBack, Math.min(pollEvery * failures, 15000));
    }
  }

  // A phone that switches apps stops timers and streams: look anew when the page is seen again.
  function onVisible() {
    if (!document.hidden) fallBack();
  }

  function stop() {
    ended = true;
    source?.close();
    clearTimeout(timer);
    clearTimeout(silence);
    document.removeEventListener("visibilitychange", onVisible);
    removeEventListener("online", onVisible);
  }

  document.addEventListener("visibilitychange", onVisible);
  addEventListener("online", onVisible);
  fallBack();
  return { stop, lookNow: fallBack };
}

// The operators' pages work without this. It shows moments in the reader's own time and keeps what is looked at fresh.
const main = document.getElementById("main");

function localTimes(root) {
  for (const time of root.querySelectorAll("time[datetime]")) {
    const at = new Date(time.dateTime);
    time.title = time.textContent;
    const two = (number) => String(number).padStart(2, "0");
    time.textContent = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
  }
}

/** Whether somebody is in the middle of something that new content would take from under their hands. */
const isBusy = () => document.hidden || main.querySelector("details[open]:not(.keep)") || main.contains(document.activeElement) && document.activeElement !== main
  || String(getSelection()).length > 0;

// A document that a request parses is no script's work: it runs nothing, and no text of ours becomes markup here.
function refresh() {
  if (isBusy()) return;
  const request = new XMLHttpRequest();
  request.responseType = "document";
  request.open("GET", location.href);
  request.onload = () => {
    const fresh = request.response?.getElementById("main");
    if (request.status !== 200 || !fresh?.dataset.live || isBusy()) return;
    const drawing = main.querySelector(".drawing");
    const place = drawing && [drawing.scrollLeft, drawing.scrollTop];
    localTimes(fresh);
    main.replaceChildren(...[...fresh.childNodes].map((node) => document.importNode(node, true)));
    if (place) main.querySelector(".drawing")?.scrollTo(...place);
    else showCurrent();
  };
  request.send();
}

/** The step that a run stands at, in the middle of its drawing. */
function showCurrent() {
  const drawing = main.querySelector(".drawing");
  const current = drawing?.querySelector(".node.current rect");
  if (!current) return;
  const [box, frame] = [current.getBoundingClientRect(), drawing.getBoundingClientRect()];
  drawing.scrollTo(drawing.scrollLeft + box.left - frame.left - frame.width / 2 + box.width / 2, drawing.scrollTop + box.top - frame.top - frame.height / 2);
}

if (main) {
  localTimes(main);
  showCurrent();
  if (main.dataset.live) setInterval(refresh, Number(main.dataset.live) * 1000);
}

// Plays the provider's page: a picture, and a message to the page around it whenever the picture changes. Whoever that is: like the
// provider's, it names no target.
const picture = document.getElementById("picture");
const size = 29;

function shape(name, attributes) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

// Looks like a QR code and is none: nothing real can be scanned here.
function dots(text) {
  let seed = [...text].reduce((sum, sign) => (sum * 31 + sign.codePointAt(0)) >>> 0, 7);
  const isFinder = (x, y) => [[2, 2], [20, 2], [2, 20]].some(([left, top]) => x >= left && x < left + 7 && y >= top && y < top + 7);
  const ring = (x, y) => [[2, 2], [20, 2], [2, 20]].some(([left, top]) => {
    const far = Math.max(Math.abs(x - left - 3), Math.abs(y - top - 3));
    return far === 3 || far <= 1;
  });
  let path = "";
  for (let y = 2; y < size - 2; y++) {
    for (let x = 2; x < size - 2; x++) {
      seed = (seed * 1103515245 + 12345) >>> 0;
      if (isFinder(x, y) ? ring(x, y) : (seed >>> 16) % 2) path += `M${x} ${y}h1v1h-1z`;
    }
  }
  return shape("path", { d: path });
}

const marks = {
  loading: () => shape("path", { class: "wait", d: "M14.5 8.5a6 6 0 0 1 6 6" }),
  success: () => shape("path", { class: "good", d: "M8 15l4.5 4.5L21 10.5" }),
  error: () => shape("path", { class: "bad", d: "M14.5 7.5v9 M14.5 21v.1" }),
  broken: () => shape("path", { class: "bad", d: "M9 9l11 11 M20 9l-11 11" }),
};

let last = "";

async function look() {
  try {
    const answer = await fetch(`${location.pathname}/state`, { cache: "no-store" });
    const state = await answer.json();
    const now = JSON.stringify(state);
    if (now !== last) {
      last = now;
      const isCode = state.message === "qr" && !state.picture;
      picture.replaceChildren(...(isCode ? [] : [state.message === "qr" ? dots(state.picture) : marks[state.message]()]));
      document.getElementById("code").textContent = isCode ? state.code ?? "" : "";
      parent.postMessage({ module: "qr", message: state.message }, "*");
    }
  } catch {
    // The next look may do better.
  }
  setTimeout(look, 1000);
}

look();

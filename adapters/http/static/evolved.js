// Slides along the days: shows the text of each as one gets there. Without it, the form beside it does the same.
const slide = document.getElementById("slide");
const picked = document.getElementById("on");
let asked = null;
let waiting = 0;

function dayAt(days) {
  const on = new Date(slide.dataset.first + "T12:00:00Z");
  on.setUTCDate(on.getUTCDate() + Number(days));
  return on.toISOString().slice(0, 10);
}

function say() {
  const days = Number(slide.max) + 1;
  const at = ((Number(slide.value) + 0.5) * 100) / days + "%";
  const line = document.getElementById("now");
  for (const end of ["x1", "x2"]) line.setAttribute(end, at);
  picked.value = dayAt(slide.value);
  slide.setAttribute("aria-valuetext", picked.value);
  clearTimeout(waiting);
  waiting = setTimeout(show, 120);
}

function around(old, fresh) {
  const keep = [...old.children].find((one) => one.contains(picked));
  const at = fresh.findIndex((one) => one.querySelector("#on"));
  for (const one of [...old.children]) if (one !== keep) one.remove();
  keep.before(...fresh.slice(0, at));
  keep.after(...fresh.slice(at + 1));
}

async function show() {
  asked?.abort();
  asked = new AbortController();
  const address = `${location.pathname}?on=${picked.value}`;
  try {
    const answer = await fetch(address, { signal: asked.signal, headers: { Accept: "text/html" } });
    if (!answer.ok || answer.redirected) return location.assign(address);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of [".time", ".steps", "#as-it-stood"]) {
      const [old, anew] = [document.querySelector(part), page.querySelector(part)];
      // The field that is being used stays; all else is what the server says of that day.
      if (part === ".time") old.innerHTML = anew.innerHTML;
      else if (part === ".steps") around(old, [...anew.children]);
      else old.replaceChildren(...anew.childNodes);
    }
    history.replaceState(null, "", address);
  } catch (error) {
    if (error.name !== "AbortError") location.assign(address);
  }
}

if (slide) {
  slide.parentElement.hidden = false;
  slide.addEventListener("input", say);
  document.querySelector(".time").addEventListener("click", (click) => {
    const strip = click.currentTarget.getBoundingClientRect();
    slide.value = Math.floor(((click.clientX - strip.left) / strip.width) * (Number(slide.max) + 1));
    say();
  });
}

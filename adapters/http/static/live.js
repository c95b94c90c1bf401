// What others do to this page's thing appears here by itself. The page is asked for anew and its parts marked
// `data-live` are put in the place of the old ones; what somebody is writing in is left alone.
const said = document.getElementById("live-said");
// A form that came back stands at the address of forms; what it belongs to says its own.
const address = said.dataset.address;
const thing = address.split(/[/?]/).slice(0, 3).join("/");
// How far the log had come with the last thing heard of: what is asked for anew holds that as well.
let seen = 0;
const ask = document.getElementById("live-ask");
let source, timer, busy, again;

const bare = (node) => {
  const copy = node.cloneNode(true);
  for (const one of copy.querySelectorAll("[name=_key],[name=_seen],[name=_revision],.kept")) one.remove();
  for (const one of [copy, ...copy.querySelectorAll("[open],[style],[data-fresh]")]) {
    for (const name of ["open", "style", "data-fresh"]) one.removeAttribute(name);
  }
  return copy.outerHTML;
};
const touched = (one) => one.type === "checkbox" || one.type === "radio" ? one.checked !== one.defaultChecked
  : one.options ? [...one.options].some((o) => o.selected !== o.defaultSelected) && one.selectedIndex > 0
  : one.type !== "hidden" && one.value !== one.defaultValue;
const inUse = (node) => node.querySelector(".editing, .alert")
  || [...node.querySelectorAll("input,textarea,select")].some((one) => one === document.activeElement || touched(one));

function put(old, fresh) {
  const open = [...old.querySelectorAll("details[open]>summary")].map((one) => one.textContent);
  const focused = old.contains(document.activeElement) ? document.activeElement.textContent : null;
  old.replaceWith(fresh);
  for (const one of fresh.querySelectorAll("details>summary")) if (open.includes(one.textContent)) one.parentNode.open = true;
  if (focused !== null) [...fresh.querySelectorAll("a,summary,button")].find((one) => one.textContent === focused)?.focus();
  fresh.dataset.fresh = "";
}

function sync(old, fresh) {
  if (bare(old) === bare(fresh)) return false;
  if ("list" in fresh.dataset) return list(old, fresh);
  if (!inUse(old)) return put(old, fresh), true;
  for (const part of fresh.querySelectorAll("[data-part]")) {
    const was = document.getElementById(part.id);
    if (was && bare(was) !== bare(part)) put(was, part);
  }
  return true;
}

function list(old, fresh) {
  const wanted = [...fresh.children];
  for (const one of [...old.children]) if (!wanted.some((w) => w.id === one.id) && !inUse(one)) one.remove();
  let before = null;
  for (const one of wanted) {
    const was = document.getElementById(one.id);
    if (was?.parentNode === old) sync(was, one);
    const now = was?.parentNode === old ? document.getElementById(one.id) : one;
    if (!was) one.dataset.fresh = "";
    // What stands where it belongs is not moved: whoever writes in it would lose their place.
    const place = before ? before.nextElementSibling : old.firstElementChild;
    if (now !== place) old.insertBefore(now, place);
    before = now;
  }
  return true;
}

async function refresh() {
  if (busy) return (again = true);
  busy = true;
  try {
    const answer = await fetch(address, { headers: { accept: "text/html", ...(seen && { "concord-min-position": seen }) } });
    if (!answer.ok) return;
    if (answer.redirected) return inUse(document.body) ? void (said.textContent = said.dataset.over) : location.assign(answer.url);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (ask) {
      const hash = (of) => of.querySelector("code.hash")?.textContent;
      if (hash(document) !== hash(page)) {
        ask.hidden = false;
        document.querySelector("form[data-form$='/consents'] button")?.setAttribute("disabled", "");
      }
      return;
    }
    const parts = [...page.querySelectorAll("[data-live]")];
    const another = parts.some((fresh) => !document.getElementById(fresh.id));
    if (another && !inUse(document.body)) return location.replace(answer.url);
    let changed = another;
    for (const fresh of parts) {
      const old = document.getElementById(fresh.id);
      if (old) changed = sync(old, fresh) || changed;
    }
    if (!changed) return;
    document.querySelector("main > .done")?.remove();
    said.textContent = page.getElementById("live-last")?.textContent ?? "This page has just changed.";
  } catch {
    // Without a network nothing is lost: the stream connects again, and asks anew.
  } finally {
    busy = false;
    if (again) { again = false; refresh(); }
  }
}

function follow() {
  source = new EventSource("/api/v1/events");
  source.onopen = refresh;
  source.onmessage = (event) => {
    const { resource, position } = JSON.parse(event.data);
    if (thing !== "/" && resource.path !== thing) return;
    seen = Math.max(seen, position);
    clearTimeout(timer);
    timer = setTimeout(refresh, 100);
  };
  source.onerror = () => {
    if (source.readyState === EventSource.CLOSED) timer = setTimeout(() => document.hidden || follow(), 15000);
  };
}

document.addEventListener("visibilitychange", () => {
  source?.close();
  clearTimeout(timer);
  if (!document.hidden) follow();
});
if (!document.hidden) follow();

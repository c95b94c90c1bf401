// What makes every page a little better where scripts run; nothing needs it.

// What one is writing is kept in this tab until it is sent: it survives a reload, and a network that is gone.
const page = (form) => form.elements._back?.value.split("?")[0];
const kept = (form) => `concord ${form.elements._for?.value} ${page(form)} ${form.dataset.form}`;
// With the words goes what was seen when they were written: so who changed it meanwhile is not overwritten.
const fields = (form) => [...form.elements].filter((field) => ["_seen", "_revision"].includes(field.name)
  || (field.name && !field.name.startsWith("_") && !["hidden", "password", "submit"].includes(field.type)));
const isOn = (field) => ["checkbox", "radio"].includes(field.type);
// The same form may ask for more or less the next time: what was written goes by name.
const called = (field) => (isOn(field) ? `${field.name} ${field.value}` : field.name);
const keeps = (form) => form?.matches("form[data-form]") && !form.querySelector("[type=password]");

function say(form, sentence) {
  let note = form.querySelector(".kept");
  if (!note) {
    note = Object.assign(document.createElement("p"), { className: "quiet kept", role: "status" });
    form.querySelector(".send")?.after(note);
  }
  note.textContent = sentence;
}

for (const form of document.querySelectorAll("form[data-form]")) {
  const written = keeps(form) && sessionStorage.getItem(kept(form));
  if (!written || form.querySelector(".alert")) continue;
  const values = JSON.parse(written);
  for (const field of fields(form)) {
    if (!(called(field) in values)) continue;
    if (isOn(field)) field.checked = values[called(field)];
    else field.value = values[called(field)];
  }
  for (let fold = form.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  say(form, "This is what you were writing; it is not sent yet.");
}
// Listened to from the page, so that forms which come later are kept as well.
let soon;
document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (!keeps(form)) return;
  clearTimeout(soon);
  soon = setTimeout(() => {
    const values = fields(form).map((field) => [called(field), isOn(field) ? field.checked : field.value]);
    sessionStorage.setItem(kept(form), JSON.stringify(Object.fromEntries(values)));
    say(form, "Kept in this tab, not sent yet.");
  }, 500);
});
document.addEventListener("submit", (event) => {
  // Who signs out leaves nothing here for whoever sits down next.
  const to = event.target.elements._to?.value;
  if (to === "DELETE /sessions" || to === "DELETE /sessions/current") return sessionStorage.clear();
  if (!keeps(event.target)) return;
  clearTimeout(soon);
  sessionStorage.setItem("concord sent", kept(event.target));
});
// Sent and done: the page that says so says which form it was about.
if (document.querySelector(".done")) {
  const sent = sessionStorage.getItem("concord sent");
  if (sent) sessionStorage.removeItem(sent);
}
sessionStorage.removeItem("concord sent");

// A form that comes back is where one goes on.
document.querySelector(".alert")?.focus();

// A menu closes when one goes elsewhere.
const account = document.querySelector(".account");
document.addEventListener("click", (event) => {
  if (account?.open && !account.contains(event.target)) account.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && account?.open) {
    account.open = false;
    account.querySelector("summary").focus();
  }
});

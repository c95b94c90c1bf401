// What makes every page a little better where scripts run; nothing needs it.

// What one is writing is kept in this tab until it is sent: it survives a reload, and a network that is gone.
const kept = (form) => `concord ${form.elements._for?.value} ${location.pathname} ${form.dataset.form}`;
const fields = (form) => [...form.elements].filter((field) => field.name && !field.name.startsWith("_")
  && !["hidden", "password", "submit"].includes(field.type));
const isOn = (field) => ["checkbox", "radio"].includes(field.type);

for (const form of document.querySelectorAll("form[data-form]")) {
  if (form.querySelector("[type=password]") || !fields(form).length) continue;
  const note = Object.assign(document.createElement("p"), { className: "quiet", role: "status" });
  form.querySelector(".send")?.after(note);
  const written = sessionStorage.getItem(kept(form));
  if (written && !form.querySelector(".alert")) {
    const values = JSON.parse(written);
    fields(form).forEach((field, place) => {
      if (isOn(field)) field.checked = values[place] === true;
      else if (typeof values[place] === "string") field.value = values[place];
    });
    for (let fold = form.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    note.textContent = "This is what you were writing; it is not sent yet.";
  }
  let soon;
  form.addEventListener("input", () => {
    clearTimeout(soon);
    soon = setTimeout(() => {
      const values = fields(form).map((field) => (isOn(field) ? field.checked : field.value));
      sessionStorage.setItem(kept(form), JSON.stringify(values));
      note.textContent = "Kept in this tab, not sent yet.";
    }, 500);
  });
  form.addEventListener("submit", () => {
    clearTimeout(soon);
    sessionStorage.setItem("concord sent", kept(form));
  });
}
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

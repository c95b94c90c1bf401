// What is looked at in a page as it stands in the browser; each gives sentences about what is not as it should be.
(() => {
  const seen = (one) => one.checkVisibility({ visibilityProperty: true }) && one.getClientRects().length > 0;
  const every = (selector, within = document) => [...within.querySelectorAll(selector)].filter(seen);
  const called = (one) => `<${one.localName}> “${(one.innerText || one.name || one.id || one.getAttribute("aria-label") || "").trim().slice(0, 50)}”`;
  const CONTROLS = "a[href], button, summary, input:not([type=hidden]), select, textarea, [tabindex='0']";

  // In a sentence or beside other words of its block: as large as its line, and there is nothing to be done.
  const inText = (one) => {
    if (one.localName !== "a" || getComputedStyle(one).display !== "inline") return false;
    let block = one.parentElement;
    while (getComputedStyle(block).display === "inline") block = block.parentElement;
    return block.innerText.trim().length > one.innerText.trim().length;
  };
  const extent = (one) => {
    const label = ["checkbox", "radio"].includes(one.type) ? one.closest("label") : null;
    return (label ?? one).getBoundingClientRect();
  };

  window.fitness = {
    // The first look, so that all others see also what is folded away.
    structure() {
      for (const fold of document.querySelectorAll("main details")) fold.open = true;
      const wrong = [];
      const once = (selector, what) => {
        const found = every(selector).length;
        if (found !== 1) wrong.push(`${found} ${what}`);
      };
      once("h1", "first headings");
      once("main", "main landmarks");
      if (!document.title.trim()) wrong.push("no title");
      if (!document.documentElement.lang) wrong.push("no language");
      for (const one of every("input:not([type=hidden]), select, textarea")) {
        const named = one.getAttribute("aria-label") || one.getAttribute("aria-labelledby")
          || [...one.labels].some((label) => label.innerText.trim());
        if (!named) wrong.push(`no label: ${called(one)}`);
      }
      const ids = [...document.querySelectorAll("[id]")].map((one) => one.id);
      for (const id of new Set(ids.filter((id, at) => ids.indexOf(id) !== at))) wrong.push(`two have the id ${id}`);
      return wrong;
    },
    targets() {
      return every(CONTROLS).filter((one) => !inText(one) && !one.matches(".skip")).flatMap((one) => {
        const { width, height } = extent(one);
        return Math.min(width, height) < 23.99 ? [`${Math.round(width)} x ${Math.round(height * 10) / 10} px: ${called(one)}`] : [];
      });
    },
    width() {
      const room = document.documentElement.clientWidth;
      const over = document.documentElement.scrollWidth - room;
      if (over <= 0) return [];
      const widest = every("body *").filter((one) => one.getBoundingClientRect().right > room + 1).slice(-3).map(called);
      return [`${over} px too wide: ${widest.join(", ")}`];
    },
    covered() {
      const stuck = every("body *").filter((one) => ["fixed", "sticky"].includes(getComputedStyle(one).position));
      return stuck.filter((one) => one.getBoundingClientRect().height > innerHeight / 2).map((one) => `covers the page: ${called(one)}`);
    },
    // Somebody must have pressed a key before: what is focused by a pointer need not show it.
    focus() {
      return every(CONTROLS).filter((one) => !one.disabled).flatMap((one) => {
        one.focus({ preventScroll: true });
        if (document.activeElement !== one) return [`cannot be reached: ${called(one)}`];
        const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(one);
        const shown = one.matches(":focus-visible") && outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
        return shown && !outlineColor.endsWith(", 0)") ? [] : [`focus is not seen: ${called(one)}`];
      });
    },
    still() {
      const moving = document.getAnimations().map((one) => `moves: ${called(one.effect.target)}`);
      return getComputedStyle(document.documentElement).scrollBehavior === "auto" ? moving : [...moving, "scrolls by itself"];
    },
    paper() {
      const left = every("nav[aria-label=Main], .account, .skip, form, button, .button, input, select, textarea");
      const wrong = left.map((one) => `printed: ${called(one)}`);
      return every("h1").length === 1 ? wrong : [...wrong, "no heading on paper"];
    },
  };
})();

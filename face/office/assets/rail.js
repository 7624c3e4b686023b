// Folds the menu before the page is drawn, as it was left.
try {
	if (localStorage.getItem("office.rail") === "narrow") document.documentElement.dataset.rail = "narrow";
} catch (closed) { /* A browser that keeps nothing shows the menu whole. */ }

/** Puts styles into the page. Each part that is loaded when it is needed brings its own. */
export function addStyles(sheet: string): void {
  const style = document.createElement('style');
  style.textContent = sheet;
  document.head.append(style);
}

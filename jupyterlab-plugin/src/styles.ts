import sheet from '../style/index.css';

/** Puts the styles of all parts into the page. */
export function addStyles(): void {
  const style = document.createElement('style');
  style.textContent = sheet;
  document.head.append(style);
}

/** A picture, as its text. */
declare module '*.svg' {
  const text: string;
  export default text;
}

/** A sheet of styles and those it imports, as one text. */
declare module '*.css' {
  const text: string;
  export default text;
}

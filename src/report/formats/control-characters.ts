/**
 * What no document may contain as it is: XML 1.0 allows it nowhere, not even as a reference
 * (https://www.w3.org/TR/xml/#charsets), HTML calls it an error, and in a terminal or a spreadsheet it is a command.
 * Lone surrogates too. Tabs and line ends are text.
 */
// eslint-disable-next-line no-control-regex -- these are what is looked for
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffe\uffff\p{Cs}]/gu;

/** The text with a replacement character for each control character of it. */
export function replaceControls(text: string): string {
  return text.replace(FORBIDDEN, '\ufffd');
}

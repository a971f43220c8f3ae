/** Reads the form that was posted to a page's action. Throws a 400 for the error page when the body is not a form. */
export async function readForm(request: Request): Promise<FormData> {
  try {
    return await request.formData();
  } catch {
    const message = 'The page was sent something that is not a form.';
    throw Response.json({ code: 'bad-form', message }, { status: 400 });
  }
}

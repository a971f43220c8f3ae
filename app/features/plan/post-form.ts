import type { FormEvent, ReactNode, RefAttributes } from 'react';

interface PostFormProps {
  method: 'post';
  action: string;
  className?: string;
  noValidate?: boolean;
  onSubmit?: (event: FormEvent<HTMLFormElement>) => void;
  children: ReactNode;
}

/** The form element to post with: the page knows how to post without leaving it. */
export type PostForm = (props: PostFormProps & RefAttributes<HTMLFormElement>) => ReactNode;

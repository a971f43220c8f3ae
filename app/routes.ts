import { flatRoutes } from '@remix-run/fs-routes';

/** Routes are the files of app/routes, by Remix's flat convention. */
export default flatRoutes();

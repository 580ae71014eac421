import { Router } from '@koa/router';

/** `GET /a/:id` for every route that is registered while something starts, whichever router it is of: nothing can be served that is not here. */
export async function registeredWhile<T>(start: () => Promise<T>): Promise<{ started: T; routes: ReadonlySet<string> }> {
  const routes = new Set<string>();
  const { register } = Router.prototype;
  Router.prototype.register = function (...args: Parameters<typeof register>) {
    const layer = Reflect.apply(register, this, args) as { path: string | RegExp; methods: readonly string[] };
    for (const method of layer.methods) if (method !== 'HEAD') routes.add(routeName(method, String(layer.path)));
    return layer as ReturnType<typeof register>;
  };
  try {
    return { started: await start(), routes };
  } finally {
    Router.prototype.register = register;
  }
}

/** The slash that some collections have at their end is no part of the name. */
export const routeName = (method: string, path: string): string => `${method} ${path.replace(/\{\/\}$|(?<=.)\/$/, '')}`;

import { defineConfig, type UserConfig } from 'vite';

/** `npm run dev:console -- --api URL` is not a thing of Vite: the address comes by this variable. */
const API = process.env['CONSOLE_API'] ?? 'http://127.0.0.1:8787';

const config: UserConfig = defineConfig({
  root: import.meta.dirname,
  base: '/console/',
  // Types and JSX as in tsconfig.json; nothing else is transformed, so no plugin is needed.
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    // A font or picture inside the style sheet would need `data:` in the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: {
    host: '127.0.0.1',
    proxy: {
      '/console/v1': { target: API },
      '/console/config.json': { target: API },
    },
  },
});

export default config;

import react from '@vitejs/plugin-react'
import { defineConfig, loadEnv } from 'vite'

const root = new URL('../..', import.meta.url).pathname

export default defineConfig(({ mode }) => {
  // The environment wins over `.env`, as it does for the API.
  const env = loadEnv(mode, root, '')
  const host = env.HOST || '127.0.0.1'
  return {
    plugins: [react()],
    envPrefix: 'ROLLCALL_WEB_',
    build: { target: 'baseline-widely-available', assetsInlineLimit: 0, reportCompressedSize: false },
    server: {
      host,
      port: Number(env.WEB_PORT || 5173),
      strictPort: true,
      proxy: {
        // In this form Host stays what the browser sent, so that the origin check holds here as in production.
        '/api': {
          target: `http://${apiHost(host)}:${env.PORT || '3000'}`,
          ws: true,
          changeOrigin: false,
        },
      },
    },
  }
})

/** Where an API that listens on all addresses can be reached from here. */
function apiHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1'
  return host.includes(':') ? `[${host}]` : host
}

/// <reference types="vite/client" />
import 'vue-router'

declare module 'vue-router' {
  interface RouteMeta {
    /** Pages for signed-in agents, shown inside the shell. */
    signedIn?: boolean
  }
}

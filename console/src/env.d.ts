/// <reference types="vite/client" />
import 'vue-router'
import type { NavSection } from './app/pages'

declare module 'vue-router' {
  interface RouteMeta {
    /** Pages for signed-in agents, shown inside the shell. */
    signedIn?: boolean
    /** The entry of the nav that a page belongs to. */
    section?: NavSection
  }
}

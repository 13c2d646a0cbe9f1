/** Starts the program: router first, so that the shell already knows which page it shows. */
import { mount } from 'svelte';
import { start } from '$lib/router/router.svelte';
import Shell from './Shell.svelte';

start();
mount(Shell, { target: document.body });

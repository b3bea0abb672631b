/// The built-in mail world: DNS, relays and mailboxes in this process, for the demo and for tests.
@NullMarked
package io.mailcanary.world;

import org.jspecify.annotations.NullMarked;

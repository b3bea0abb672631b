/// Real servers for tests, each with a private configuration on loopback, started and ended by the
/// test that needs it.
@NullMarked
package io.mailcanary.lab;

import org.jspecify.annotations.NullMarked;

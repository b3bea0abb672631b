/// Wires the parts to a running service.
@NullMarked
package io.mailcanary.app;

import org.jspecify.annotations.NullMarked;

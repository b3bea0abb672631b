/// Looks up host names at the servers that the probe files name.
@NullMarked
package io.mailcanary.resolver;

import org.jspecify.annotations.NullMarked;

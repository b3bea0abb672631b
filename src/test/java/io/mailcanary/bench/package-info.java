/// The service's speed and memory, measured from outside on the packaged jar.
@NullMarked
package io.mailcanary.bench;

import org.jspecify.annotations.NullMarked;

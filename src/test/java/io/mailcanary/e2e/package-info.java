/// The packaged service as its users run it, on real servers.
@NullMarked
package io.mailcanary.e2e;

import org.jspecify.annotations.NullMarked;

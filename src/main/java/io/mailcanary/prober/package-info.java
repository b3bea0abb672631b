/// A canary from due to fate: where time, decisions and edges meet.
@NullMarked
package io.mailcanary.prober;

import org.jspecify.annotations.NullMarked;

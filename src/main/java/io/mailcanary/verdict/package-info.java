/// What canaries say of their path: cause and health, each with its reason.
@NullMarked
package io.mailcanary.verdict;

import org.jspecify.annotations.NullMarked;

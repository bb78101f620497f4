//! The JavaScript tools' glob dialect (picomatch), translated to regular expressions.

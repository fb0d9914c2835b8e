// Only there because a precompiled header needs a target.
int main() { return 0; }

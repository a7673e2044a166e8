import './base.css';
import './viewer.css';
import './sweep.css';
